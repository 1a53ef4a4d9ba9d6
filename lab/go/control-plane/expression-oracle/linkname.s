// Empty: with it in the package, Go takes functions without a body.
