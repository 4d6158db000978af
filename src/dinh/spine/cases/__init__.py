"""What is being done: cases with an owner and deadlines, by workflows that manifests declare."""
