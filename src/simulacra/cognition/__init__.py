"""The four agents, the turn and its trace, the methods none, prompt, rag and macm."""
