"""What to do: pure decisions from the old state and the program's goals. Nothing here reads, writes or waits."""
