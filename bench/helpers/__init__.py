"""What benches run in processes of their own, or share; no bench itself."""
