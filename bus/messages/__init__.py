"""Everything that is said on the bus, by subject; a process decodes the kinds that it hears, and no other.

Frames are `[topic, body]`: the topic is the message's kind, with `.platform` or `.name` behind it where one sender is
worth listening to alone; the body is MessagePack. To change a message, add a field with a default: readers ignore
fields that they do not know, and golden bytes in the tests prove that old messages still decode. Every message may
be said twice, late or never; what must not be lost is in the ledger.
"""

from bus.messages.base import Message as Message
from bus.messages.base import Topic as Topic
from bus.messages.base import kind_of as kind_of
from bus.messages.base import topic as topic
from bus.messages.delivery import Alert as Alert
from bus.messages.delivery import AlertStored as AlertStored
from bus.messages.delivery import ChatOutcome as ChatOutcome
from bus.messages.delivery import Delivered as Delivered
from bus.messages.delivery import NowRequested as NowRequested
from bus.messages.delivery import Outcome as Outcome
from bus.messages.operations import Health as Health
from bus.messages.operations import HealthRequested as HealthRequested
from bus.messages.operations import Heartbeat as Heartbeat
from bus.messages.operations import KeyHealth as KeyHealth
from bus.messages.operations import Program as Program
from bus.messages.operations import Restarted as Restarted
from bus.messages.operations import RestartRequested as RestartRequested
from bus.messages.rounds import Account as Account
from bus.messages.rounds import Balance as Balance
from bus.messages.rounds import Failure as Failure
from bus.messages.rounds import NextSlot as NextSlot
from bus.messages.rounds import Part as Part
from bus.messages.rounds import Platform as Platform
from bus.messages.rounds import Rate as Rate
from bus.messages.rounds import RoundRequested as RoundRequested
from bus.messages.rounds import ScheduleChanged as ScheduleChanged
from bus.messages.rounds import ScheduleState as ScheduleState
from bus.messages.rounds import Snapshot as Snapshot
from bus.messages.rounds import Tick as Tick
from bus.messages.rounds import Total as Total
