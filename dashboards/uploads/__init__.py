"""The upload of laboratory results: a verdict for each row before it is submitted."""
