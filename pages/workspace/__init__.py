"""The workspace: one map that fills the window, and around it what builds, optimises, replays and compares."""
