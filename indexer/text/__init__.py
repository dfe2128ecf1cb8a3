"""What a word is: folding, stop words, stems."""
