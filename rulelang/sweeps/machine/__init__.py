"""The compiled machine that plays a tape."""
