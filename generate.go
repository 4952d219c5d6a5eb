package main

//go:generate go run ./internal/schemagen
//go:generate go run ./internal/permissions/write
