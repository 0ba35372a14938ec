"""The chart of accounts: which account plays which role. Read from the books; no account name is written in a rule.

A role is what an account is for (`sales`, `inventory`, ...). Roles of a family (`inventory`, `clearing:X`) have one account for each
member, below the family's own; the service opens those itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.errors import BooksProblem, UnknownAccount
from ledger.names import account_component, is_component
from ledger.policies import Dated, faults, in_force

PROFIT_FIELD_OF_ROLE = {
    "sales": ("goods_revenue", -1),
    "shipping_income": ("shipping_revenue", -1),
    "discounts": ("discounts", 1),
    "returns": ("refunds", 1),
    "cogs": ("product_cost", 1),
    "landed": ("landed_cost", 1),
    "price_variance": ("price_variance", 1),
    "return_loss": ("return_loss", 1),
    "freight_out": ("freight", 1),
    "packaging": ("packaging", 1),
    "fees": ("fees", 1),
    "bad_debt": ("bad_debt", 1),
    "exchange": ("exchange", 1),
}
"""Where a role's postings go in an order's profit, and the sign that makes revenue and costs positive (design 7)."""

ROLES_REQUIRED = (
    "bank", "receivable", "inventory", "goods_in_transit", "vat_input", "payable:supplier", "payable:carrier", "accrued_freight",
    "contract_liability", "customer_deposit", "refund_liability", "gift_card", "vat_output", "vat_pending", "marketplace_tax",
    "stock_owed", "stated_cost", "sales", "shipping_income", "discounts", "returns", "cogs", "landed", "price_variance",
    "return_loss", "freight_out", "packaging", "fees", "freight_unmatched",
    "stock_loss",
    "grir",
    "reserve",
    "disputes",
    "bad_debt",
    "advertising",
)  # fmt: skip
"""Roles that the rules post to; books whose chart lacks one are refused when they are opened."""

FAMILIES = ("inventory", "clearing")
"""Roles with an account for each member: `inventory` by commodity, `clearing` by channel."""

STOCK_ROLES = frozenset(["inventory", "goods_shipped", "stock_owed", "goods_in_transit", "grir"])
"""Accounts that only documents of stock may move."""

OPEN_ITEMS = {
    "receivable": ("receivable", 1),
    "contract_liability": ("contract_liability", -1),
    "vat_pending": ("vat_pending", -1),
    "customer_deposit": ("customer_deposit", -1),
    "refund_liability": ("refund_liability", -1),
    "accrued_freight": ("accrued", -1),
    "clearing": ("clearing", 1),
    "disputes": ("disputed", 1),
}
"""Balances that an order keeps beside its postings: role -> (attribute of the order, sign of a debit)."""

MONEY_ROLES = frozenset(["bank", "cash", "clearing", "gift_card", "reserve", None])
"""Accounts that a payment can come in on, or a refund go out of: those, and accounts of people's own without a role."""

OPTIONS = {
    "standard": ("cas", "small"),
    "closing-vouchers": ("none", "monthly"),
    "voucher-words": ("收付转",),
    "estimate-reversal": ("none", "month-start"),
}
"""Options of the books that know a few words only; other words are refused when the books are opened."""

CASH_ROLES = frozenset(["bank", "cash"])
"""库存现金 and 银行存款: what receipt and payment vouchers are about."""

ROOTS = ("Assets", "Liabilities", "Equity", "Income", "Expenses")
_PROFIT_ROOTS = ("Income:", "Expenses:")


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """One account: its name, its role (or None), and its label for people in English and Chinese.

    `cash` says that it is cash beside the bank; `cash_flow` is the item of the cash-flow statement for what is paid against it.
    """

    name: str
    role: str | None
    label: str
    label_zh: str = ""
    cash: bool = False
    cash_flow: str = ""


@dataclass(slots=True)
class Chart:
    """Accounts of one set of books, by name and by role. Options of the books stand beside it: the last of each, and all by date.

    `prices` are exchange rates by (currency, day): what one unit is in the books' currency, millionths.
    """

    accounts: Mapping[str, AccountInfo]
    currency: str
    options: Mapping[str, str] = field(default_factory=dict)
    dated: Dated = field(default_factory=dict)
    prices: Mapping[tuple[str, str], int] = field(default_factory=dict)
    _by_role: dict[str, str] = field(default_factory=dict)
    _families: tuple[tuple[str, str], ...] = ()
    cash_accounts: frozenset[str] = frozenset()
    """Accounts that are cash (IAS 7.6): the bank, what people mark `cash: TRUE`, and accounts below these without a role of their own."""

    def __post_init__(self) -> None:
        for option, words in OPTIONS.items():
            if self.options.get(option, words[0]) not in words:
                raise BooksProblem(f"option {option} in main.beancount is {self.options[option]!r}; it knows {', '.join(words)}")
        self.cash_accounts = frozenset(name for name in self.accounts if self._is_cash(name))
        for info in self.accounts.values():
            if info.role is not None:
                if info.role in self._by_role:
                    raise BooksProblem(f"two accounts have the role {info.role}: {self._by_role[info.role]} and {info.name}")
                self._by_role[info.role] = info.name
        self._families = tuple((family, f"{self._by_role[family]}:") for family in FAMILIES if family in self._by_role)
        missing = [role for role in ROLES_REQUIRED if role not in self._by_role]
        if missing:
            raise BooksProblem(f"accounts.beancount binds no account to the role {', '.join(missing)} (metadata role: on open)")
        for problem in faults(self.dated, self.options, self.has_role):
            raise BooksProblem(problem)

    def policy(self, name: str, date: str) -> str:
        """Return the policy that is in force for what is posted on `date`."""
        return in_force(self.dated, self.options, name, date)

    def _is_cash(self, account: str) -> bool:
        name = account if account.startswith("Assets:") else ""
        while name:
            info = self.accounts.get(name)
            if info is not None and (info.cash or info.role is not None):
                return info.cash or info.role == "bank"
            name = name.rpartition(":")[0]
        return False

    def account(self, role: str) -> str:
        """Return the account of a role; `clearing:tmall` is the member `tmall` of the family `clearing`."""
        found = self._by_role.get(role)
        if found is not None:
            return found
        family, _, member = role.partition(":")
        if family in FAMILIES and member and family in self._by_role:
            return f"{self._by_role[family]}:{account_component(member)}"
        raise UnknownAccount(f"the chart has no role {role}")

    def account_or_none(self, role: str) -> str | None:
        """Return the account of a role that books need not have."""
        return self._by_role.get(role)

    def stock_account(self, commodity: str) -> str:
        """Return the stock account of a commodity code."""
        return f"{self._by_role['inventory']}:{commodity}"

    def _depth(self, family: str) -> int:
        return self._by_role[family].count(":")

    def has_role(self, role: str) -> bool:
        """Tell whether `account(role)` has an answer."""
        family, _, member = role.partition(":")
        return role in self._by_role or (family in FAMILIES and bool(member) and family in self._by_role)

    def role_of(self, account: str) -> str | None:
        """Return the role of an account; members of a family have the family's."""
        info = self.accounts.get(account)
        if info is not None:
            return info.role
        return next((family for family, above in self._families if account.startswith(above)), None)

    def family_account(self, account: str) -> str:
        """Return the one account that stands for all stock accounts, and every other account as it is."""
        return self._by_role["inventory"] if self.role_of(account) == "inventory" else account

    def role_above(self, account: str) -> str | None:
        """Return the role of an account, or of the nearest one above it that has any."""
        name = account
        while ":" in name:
            role = self.role_of(name)
            if role is not None:
                return role
            name = name.rpartition(":")[0]
        return None

    def profit_field(self, account: str) -> tuple[str, int] | None:
        """Return the profit field and sign of an account: None on the balance sheet, `other` for the rest of income and expenses."""
        if not account.startswith(_PROFIT_ROOTS):
            return None
        return PROFIT_FIELD_OF_ROLE.get(self.role_of(account) or "", ("other", 1))

    def label(self, account: str) -> str:
        """Return the account's name for people."""
        info = self.accounts.get(account)
        return info.label if info is not None else account.rpartition(":")[2]

    def label_zh(self, account: str) -> str:
        """Return the account's Chinese name, or the other one where it has none."""
        info = self.accounts.get(account)
        return (info.label_zh if info is not None else "") or self.label(account)

    def resolve(self, name: str) -> str:
        """Return the account that a role or a full account name stands for; UnknownAccount where there is none."""
        if name in self.accounts:
            return name
        if self.has_role(name):
            return self.account(name)
        if self.role_of(name) == "clearing" and is_component(name.rpartition(":")[2]) and name.count(":") == self._depth("clearing") + 1:
            return name
        raise UnknownAccount(f"{name!r} is neither a role nor an account of the chart")
