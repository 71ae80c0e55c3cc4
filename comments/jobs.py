"""What is done by the clock: moderators hear what waits, and what need not be kept goes."""

from django.utils.translation import gettext_lazy as _

from comments import learning, notices, rights
from newsroom.jobs import every, job


@every(minutes=20)
@job(_("Tell moderators what waits for them"), once=True)
def tell_moderators():
    notices.send_digests()


@every(hours=1)
@job(_("Erase what may be kept no longer"), once=True, priority=-50, time_limit=300)
def keep_no_longer():
    rights.keep_no_longer()


@every(hours=6)
@job(_("Learn from the moderators’ decisions"), once=True, priority=-50, time_limit=300)
def learn_from_decisions():
    learning.learn()
