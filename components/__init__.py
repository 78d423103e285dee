"""What is deployed: an API's registration, a function app with an identity, and what that identity may do."""
