"""What readers' clicks and editors' links say, and what is learned from them."""
