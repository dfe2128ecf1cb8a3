"""What is offered while somebody types: articles whose headlines go on so, and queries."""
