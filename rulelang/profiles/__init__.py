"""What everybody pays for every loss: exact lines, breakpoints, and questions asked of them."""
