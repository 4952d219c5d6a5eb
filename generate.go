package main

//go:generate go run ./internal/schemagen
//go:generate go run ./internal/permissions/write
//go:generate go run . schema --output graph/snapshot_gen.graphqls
