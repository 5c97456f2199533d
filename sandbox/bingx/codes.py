"""The codes with which the pretend BingX refuses, and what it says with them.

Follows BingX's documentation, "Error codes" (read 2026-11).

Quirks: several codes mean nearly the same on BingX; here each mistake has one of them, and a test that needs another
switches the fault "code" on. The texts are made up in BingX's manner.
"""

WRONG_SIGNATURE = "100001"
NO_PERMISSION = "100004"
NO_ROUTE = "100400"
RATE_LIMIT = "100410"
NO_SIGNATURE = "100412"
WRONG_KEY = "100413"
WRONG_ADDRESS = "100419"
WRONG_TIME = "100421"
BUSY = "100500"
NO_MARGIN = "101204"
NOTHING_TO_CLOSE = "101205"
TOO_MUCH_LEVERAGE = "101209"
WOULD_CROSS = "101215"
NOT_REDUCING = "101290"
TOO_SMALL_VALUE = "101400"
NOT_TRADABLE = "101415"
SAME_CLIENT_ID = "101481"
HAS_POSITIONS = "104103"
SENT_TWICE = "109201"
WRONG_PARAMETER = "109400"
NO_ORDER = "109421"
NO_SYMBOL = "109425"
WRONG_PRICE_STEP = "110400"
PROFIT_OF_LONG, PROFIT_OF_SHORT, LOSS_OF_LONG, LOSS_OF_SHORT = "110411", "110412", "110413", "110414"
TOO_SMALL = "110422"
WRONG_STEP = "110425"

TEXTS = {
    WRONG_SIGNATURE: "Signature verification failed due to signature mismatch",
    NO_PERMISSION: "Permission denied as the API key was created without the permission",
    NO_ROUTE: "this api is not exist",
    RATE_LIMIT: "The endpoint trigger frequency limit rule is currently in the disabled period",
    NO_SIGNATURE: "Null signature",
    WRONG_KEY: "Incorrect apiKey",
    WRONG_ADDRESS: "your current request IP does not match IP whitelist",
    WRONG_TIME: "timestamp is invalid or null, or out of the window",
    BUSY: "system busy, please try again later",
    "100202": "Insufficient balance",
    "101202": "The minimum order amount is not reached",
    NO_MARGIN: "Insufficient margin",
    NOTHING_TO_CLOSE: "No position to close",
    "101206": "Insufficient available margin",
    TOO_MUCH_LEVERAGE: "The maximum position value for this leverage is exceeded",
    "101211": "Order price is out of the allowed range",
    "101212": "Insufficient available assets",
    "101214": "The order is in process, please query it",
    WOULD_CROSS: "Maker (Post Only) order would be filled at once",
    "101219": "The system timed out, please query the order",
    "101253": "margin is not enough",
    NOT_REDUCING: "The Reduce Only order can only decrease your position",
    TOO_SMALL_VALUE: "The minimum order value is not reached",
    "101414": "The maximum leverage for this pair is exceeded",
    NOT_TRADABLE: "This trading pair is suspended from opening new positions",
    "101419": "The number of your open orders has reached the limit",
    SAME_CLIENT_ID: "clientOrderId already exists, please do not submit repeatedly",
    HAS_POSITIONS: "The position mode cannot be changed with open positions or orders",
    SENT_TWICE: "The same order was submitted twice within 1 second",
    WRONG_PARAMETER: "Invalid parameters",
    "109403": "Risk control: trading is disabled for this account",
    NO_ORDER: "The order does not exist",
    NO_SYMBOL: "symbol not exist",
    WRONG_PRICE_STEP: "The precision of the price is wrong",
    PROFIT_OF_LONG: "The take profit price of a long position must be over the price",
    PROFIT_OF_SHORT: "The take profit price of a short position must be under the price",
    LOSS_OF_LONG: "The stop loss price of a long position must be under the price",
    LOSS_OF_SHORT: "The stop loss price of a short position must be over the price",
    TOO_SMALL: "The minimum order quantity is not reached",
    WRONG_STEP: "The precision of the quantity is wrong",
}
"""What is said with a code where nothing more precise is known."""
