"""What a run over symbolic data computes with: terms, sums over many members, sharings, and what is known of them."""
