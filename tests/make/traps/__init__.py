"""Files that show one thing and hold another: a person believes the screen."""
