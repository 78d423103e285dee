"""What was reviewed, as one short text: the digest of a preview, by which a deployment knows it again."""
