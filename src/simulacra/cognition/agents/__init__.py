"""The four agents (paper, Figure 3): each with its prompts beside what it answers."""
