"""Other ways to answer the same questions from the same documents; the application never imports them."""
