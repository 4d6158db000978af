"""What people use: one folder is one system; systems never import each other."""
