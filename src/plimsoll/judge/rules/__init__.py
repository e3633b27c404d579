"""Rules: one file per capability, or per question where one would be long."""

from plimsoll.judge.rule import Rule
from plimsoll.judge.rules import (
    communicated_secrets,
    communication,
    password_care,
    passwords,
    personal_data,
    publication,
    sensor_pages,
    update_bundles,
    update_verification,
    updates,
    vulnerabilities,
)
from plimsoll.model.criterion import RuleText

RULES: tuple[Rule, ...] = (
    passwords.FIXED_ACCOUNT,
    passwords.SHARED_KEY,
    password_care.DERIVABLE,
    password_care.HASHING,
    password_care.CHANGE,
    password_care.ATTEMPTS,
    publication.POLICY,
    updates.MECHANISM,
    updates.SIGNATURE,
    updates.NETWORK,
    updates.AUTOMATIC,
    update_bundles.MECHANISM,
    update_bundles.SIGNATURE,
    update_bundles.NETWORK,
    vulnerabilities.EXPLOITED,
    vulnerabilities.TIMELY,
    update_verification.VERIFIED,
    update_verification.UPDATABLE,
    publication.PERIOD,
    communication.CERTIFICATES,
    communication.VERSIONS,
    communication.CLEAR_LOGINS,
    communication.OPEN_SERVICES,
    communicated_secrets.SENT_SECRETS,
    communicated_secrets.SHARED_KEYS,
    personal_data.ENCRYPTED,
    personal_data.SENSORS,
    sensor_pages.PAGES,
    personal_data.ERASED,
)


def rule_texts() -> tuple[RuleText, ...]:
    """Give what each rule says of itself, for those who tell and do not judge."""
    return tuple(RuleText(one.id, one.criterion, one.what, one.limits, one.needs, one.window) for one in RULES)
