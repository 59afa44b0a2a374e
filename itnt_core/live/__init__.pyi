from .answer import LiveAnswer
from .follower import Follower, FollowerState, Look
from .plan import FollowingPlan, Superseded

__all__ = ["Follower", "FollowerState", "FollowingPlan", "LiveAnswer", "Look", "Superseded"]
