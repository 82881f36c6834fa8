package testenv

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// sharedPostgres is the URL of the server that the tests of this binary share.
var sharedPostgres = sync.OnceValues(func() (string, error) {
	if given := os.Getenv(envPostgres); given != "" {
		return given, nil
	}
	address, _, err := startPostgres(inMemory())
	return address, err
})

// Postgres returns the URL of a fresh, empty database on the shared PostgreSQL,
// dropped when the test ends. The server is set up as a durable one (fsync and
// synchronous_commit on), but its files may lie in memory: they outlive any
// process, not a loss of power.
func Postgres(t testing.TB) string {
	t.Helper()
	return postgres(t, "")
}

// postgres returns the URL of a database made in a way (options of CREATE DATABASE).
func postgres(t testing.TB, way string) string {
	t.Helper()
	server, err := sharedPostgres()
	if err != nil {
		t.Fatalf("PostgreSQL for tests: %v", err)
	}
	name := "test_" + strings.ToLower(rand.Text())
	if err := postgresExec(server, "CREATE DATABASE "+name+way); err != nil {
		t.Fatalf("create a database for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := postgresExec(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	address, err := database(server, name)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// database is the address of another database on a server.
func database(server, name string) (string, error) {
	address, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("address of PostgreSQL for tests: %w", err)
	}
	address.Path = "/" + name
	return address.String(), nil
}

// PrivatePostgres starts a PostgreSQL that the test may stop, kill and start
// again, and returns the URL of its database. Its files lie on a disk, for tests of
// what is synced when. It is removed when the test ends.
func PrivatePostgres(t testing.TB) (string, *Server) {
	t.Helper()
	address, server, err := startPostgres("")
	if err != nil {
		t.Fatalf("PostgreSQL for tests: %v", err)
	}
	removeAtEnd(t, server)
	return address, server
}

func removeAtEnd(t testing.TB, server *Server) {
	t.Cleanup(func() {
		if err := server.remove(); err != nil {
			t.Errorf("remove a server of the test: %v", err)
		}
	})
}

func startPostgres(where string) (string, *Server, error) {
	as, err := unprivileged("postgres")
	if err != nil {
		return "", nil, fmt.Errorf("PostgreSQL refuses root: %w", err)
	}
	return starting("postgres", where, as, func(dir string, s *Server) (string, error) {
		bin, err := postgresBin()
		if err != nil {
			return "", err
		}
		port, err := freePort()
		if err != nil {
			return "", err
		}
		wal := "1GB" // as PostgreSQL has it
		if where != "" {
			wal = "256MB"
		}
		password, data := rand.Text(), filepath.Join(dir, "data")
		if err := initPostgres(bin, dir, data, password, as); err != nil {
			return "", err
		}
		address := fmt.Sprintf("postgres://parley:%s@%s/postgres?sslmode=disable", password, loopback(port))
		s.parts = []part{{
			program: program{
				name: "postgres", dir: dir, stop: syscall.SIGINT, as: as,
				args: []string{
					filepath.Join(bin, "postgres"), "-D", data,
					"-c", "listen_addresses=127.0.0.1", "-c", "port=" + strconv.Itoa(port),
					"-c", "unix_socket_directories=", "-c", "max_connections=300",
					"-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on", "-c", "max_wal_size=" + wal,
				},
			},
			probe: func(ctx context.Context) error {
				ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
				defer cancel()
				conn, err := pgx.Connect(ctx, address)
				if err != nil {
					return err
				}
				return conn.Close(ctx)
			},
		}}
		return address, nil
	})
}

// initPostgres makes the data folder. Only this step goes without fsync.
func initPostgres(bin, dir, data, password string, as account) error {
	file := filepath.Join(dir, "password")
	if err := os.WriteFile(file, []byte(password+"\n"), 0o644); err != nil {
		return fmt.Errorf("make a database folder: %w", err)
	}
	cmd := exec.Command(filepath.Join(bin, "initdb"), "--pgdata", data, "--no-sync", "--username", "parley",
		"--pwfile", file, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8")
	cmd.Dir = dir
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if as.switched {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: as.uid, Gid: as.gid}}
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, output.String())
	}
	return os.Remove(file)
}

// postgresBin is the folder of the newest installed server's programs.
func postgresBin() (string, error) {
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	newest, newestMajor := "", 0
	for _, folder := range folders {
		major, err := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
		if err == nil && major > newestMajor {
			newest, newestMajor = folder, major
		}
	}
	if newest != "" {
		return newest, nil
	}
	path, err := find("postgresql", "postgres")
	return filepath.Dir(path), err
}

func postgresExec(address, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startDeadline)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
