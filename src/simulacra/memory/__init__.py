"""Memory records; long-term, short-term and working memory; retrieval, rehearsal, fading."""
