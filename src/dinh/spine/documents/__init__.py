"""What is issued: signed PDF documents with a number and a code by which anyone checks them."""
