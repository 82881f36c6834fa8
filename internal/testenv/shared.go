package testenv

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// Shared are servers that several test binaries use at once. Redis is not among
// them: every test has its own.
type Shared struct {
	servers []*Server
	environ []string
}

// StartShared starts the shared servers side by side. When one fails, none is left.
// memory: PostgreSQL's files may lie in memory.
func StartShared(memory bool) (*Shared, error) {
	where := ""
	if memory {
		where = inMemory()
	}
	starts := []func() (string, *Server, error){
		func() (string, *Server, error) {
			address, server, err := startPostgres(where)
			return envPostgres + "=" + address, server, err
		},
		func() (string, *Server, error) {
			mail, server, err := startMail()
			return encoded(envMail, mail, server, err)
		},
		func() (string, *Server, error) {
			bucket, server, err := startS3()
			return encoded(envS3, bucket, server, err)
		},
	}
	var (
		shared Shared
		errs   []error
		mu     sync.Mutex
		all    sync.WaitGroup
	)
	for _, start := range starts {
		all.Go(func() {
			variable, server, err := start()
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, err)
				return
			}
			shared.servers = append(shared.servers, server)
			shared.environ = append(shared.environ, variable)
		})
	}
	all.Wait()
	if len(errs) > 0 {
		return nil, errors.Join(append(errs, shared.Stop())...)
	}
	return &shared, nil
}

func encoded(name string, value any, server *Server, err error) (string, *Server, error) {
	if err != nil {
		return "", nil, err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("describe %s: %w", name, err), server.remove())
	}
	return name + "=" + string(text), server, nil
}

// Environ are the variables that lead test binaries to the servers.
func (s *Shared) Environ() []string { return s.environ }

// Stop stops the servers and removes their data.
func (s *Shared) Stop() error {
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.remove())
	}
	s.servers = nil
	return errors.Join(errs...)
}
