"""The moderation desk: what moderators see and do, as pages of the admin."""
