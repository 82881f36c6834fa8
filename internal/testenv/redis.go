package testenv

import (
	"context"
	"fmt"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis returns the URL of an empty Redis server of the test's own: published
// messages pass between the databases of one server, so tests cannot share one.
func Redis(t testing.TB) string {
	t.Helper()
	address, _ := PrivateRedis(t)
	return address
}

// PrivateRedis is Redis with the server, which the test may stop, kill and
// start again; it keeps nothing on disk, so it comes back empty.
func PrivateRedis(t testing.TB) (string, *Server) {
	t.Helper()
	address, server, err := startRedis()
	if err != nil {
		t.Fatalf("Redis for tests: %v", err)
	}
	removeAtEnd(t, server)
	return address, server
}

func startRedis() (string, *Server, error) {
	as, err := unprivileged("nobody")
	if err != nil {
		return "", nil, fmt.Errorf("start Redis: %w", err)
	}
	return starting("redis", "", as, func(dir string, s *Server) (string, error) {
		bin, err := find("redis-server", "redis-server")
		if err != nil {
			return "", err
		}
		port, err := freePort()
		if err != nil {
			return "", err
		}
		address := "redis://" + loopback(port) + "/0"
		s.parts = []part{{
			program: program{
				name: "redis", dir: dir, stop: syscall.SIGTERM, as: as,
				args: []string{bin, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", dir,
					"--save", "", "--appendonly", "no", "--daemonize", "no"},
			},
			probe: func(ctx context.Context) error {
				client := redis.NewClient(&redis.Options{Addr: loopback(port), DialTimeout: time.Second, MaxRetries: -1})
				defer client.Close()
				return client.Ping(ctx).Err()
			},
		}}
		return address, nil
	})
}
