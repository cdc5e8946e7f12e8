"""What a household allowed a bank, and who may look at whom."""
