"""What one payer is told: what it pays or receives on which day, under which rule, computed how, payable when."""
