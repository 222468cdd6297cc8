"""The evaluation suite: `python -m evals run | compare | gate | baseline | report | publish | peers | unseen | crowd | check`."""
