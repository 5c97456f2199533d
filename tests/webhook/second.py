"""A second webhook in the same folder, without the lock that allows only one: python -m tests.webhook.second."""

import webhook.__main__
from bus import log

if __name__ == "__main__":
    log.set_up("second")
    webhook.__main__.main()
