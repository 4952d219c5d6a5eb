package server

import (
	"context"
	"fmt"
	"net"
)

// Listen opens the address of a server without identities. Every request is
// trusted; so the address must be one of this machine's loopback.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, badAddress(address, err)
	}
	if err := mustBeLoopback(ctx, host); err != nil {
		return nil, fmt.Errorf("listen address %q: %w", address, err)
	}
	return ListenAnywhere(ctx, address)
}

func badAddress(address string, err error) error {
	return fmt.Errorf("listen address %q: %w; write HOST:PORT, such as 127.0.0.1:8080", address, err)
}

// ListenAnywhere opens the address of a server with identities.
func ListenAnywhere(ctx context.Context, address string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, badAddress(address, err)
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}

func mustBeLoopback(ctx context.Context, host string) error {
	refusal := fmt.Errorf("refusing to listen beyond the loopback: nobody has to say who they are yet, so whoever reached the server could change everything. " +
		"Listen on 127.0.0.1, and let a tunnel or a reverse proxy on this host that knows its users lead there, or configure identities (--identities)")
	if host == "" {
		return refusal
	}
	if ip := net.ParseIP(host); ip != nil {
		if ip.IsLoopback() {
			return nil
		}
		return refusal
	}
	addresses, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		return fmt.Errorf("cannot resolve the host: %w", err)
	}
	for _, a := range addresses {
		if !a.IP.IsLoopback() {
			return refusal
		}
	}
	return nil
}
