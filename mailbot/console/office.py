"""What every request of the console shares: settings, campaign, clock, ledger, assets."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape

from markupsafe import Markup

from mailbot.campaign.roster import Addition, with_additions
from mailbot.campaign.types import Campaign
from mailbot.clock import Clock
from mailbot.console.assets import Assets
from mailbot.console.oidc import Provider
from mailbot.console.photos import PhotoIndex
from mailbot.console.previews import Previews
from mailbot.console.sessions import Session, Sessions
from mailbot.console.standing import Board
from mailbot.console.trials import Trials
from mailbot.console.written import Written
from mailbot.deciding.desk import Desk
from mailbot.dossiers.roster import campaign_in_force, rules_in_force
from mailbot.errors import TemporaryFault
from mailbot.ledger import roster
from mailbot.ledger.audit import Chain
from mailbot.ledger.store import Ledger, open_ledger
from mailbot.settings.types import Settings

_LOGIN_WAITS_S = 5.0


@dataclass
class Console:
    """One office's console. Reads beside the ledger's one writer; decides in short transactions."""

    settings: Settings
    campaign: Campaign
    clock: Clock
    assets: Assets
    sessions: Sessions
    previews: Previews
    navigation: Sequence[tuple[str, str]] = ()
    provider: Provider | None = None  # of OpenID Connect
    board: Board = field(default_factory=Board)
    written: Written = field(default_factory=Written)
    photos: PhotoIndex = field(default_factory=PhotoIndex)
    trials: Trials = field(default_factory=Trials)
    # The last row of the audit trail that was verified, and what was found.
    verified: tuple[tuple[int, str], Chain] | None = None
    _known: tuple[tuple[str, tuple[Addition, ...]], Campaign | None] = (("", ()), None)
    _deciding: threading.Lock = field(default_factory=threading.Lock)
    _logging_in: threading.Lock = field(default_factory=threading.Lock)

    def in_force(self, ledger: Ledger) -> Campaign:
        """The rules in force with what was added to their units; the same object until either is
        another."""
        rules = rules_in_force(ledger, self.campaign)
        known = (rules.version, tuple(roster.additions(ledger)))
        former, campaign = self._known
        if campaign is None or former != known:
            campaign = with_additions(rules, known[1])
            self._known = (known, campaign)
        return campaign

    @contextmanager
    def reading(self) -> Iterator[Ledger]:
        """The ledger as it is at this moment: one snapshot, whatever is written meanwhile."""
        with open_ledger(self.settings.paths.data, writable=False) as ledger:
            ledger.database.execute("BEGIN")
            yield ledger

    @contextmanager
    def writing(self) -> Iterator[Ledger]:
        """The ledger for one short transaction: it waits for the step that `mailbot run` has in
        hand (SQLite's own lock), never for a download, during which nothing is locked."""
        with self._deciding, open_ledger(self.settings.paths.data, beside=True) as ledger:
            yield ledger

    @contextmanager
    def desk(self, by: str) -> Iterator[Desk]:
        """Where this user decides now."""
        with self.writing() as ledger:
            in_force = campaign_in_force(ledger, self.campaign)
            yield Desk(ledger, in_force, self.settings, by=by, now=self.clock.now())

    @contextmanager
    def one_login(self) -> Iterator[None]:
        """One password at a time: argon2 takes 64 MB each, and tries side by side would not know of
        each other. TemporaryFault `busy` for who would wait too long."""
        if not self._logging_in.acquire(timeout=_LOGIN_WAITS_S):
            raise TemporaryFault("busy", "too many log in at once")
        try:
            yield
        finally:
            self._logging_in.release()

    def token_field(self, session: Session) -> Markup:
        """The hidden field that proves a form to be ours."""
        token = escape(self.sessions.token_of(session))
        return Markup(f'<input type="hidden" name="csrf" value="{token}">')  # noqa: S704 - escaped
