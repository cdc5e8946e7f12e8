"""Online: the bank's call, the county's register, replay. Never imports training."""
