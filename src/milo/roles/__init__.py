"""What a model does for people; the model itself comes in as an argument."""
