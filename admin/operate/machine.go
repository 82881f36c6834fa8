package operate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"parley/core/store"
)

// machine is how this computer is looked at; tests play a sick one.
type machine struct {
	now       func() time.Time
	disk      func(dir string) (disk, error)
	sync      func(dir string) ([]time.Duration, error)
	openFiles func() (uint64, error)
	memory    func() (int64, error) // bytes this process may still take; 0: unknown
	zone      func(name string) error
	lookup    func(ctx context.Context, host string) ([]string, error)
	tools     func() error // why PostgreSQL cannot be backed up from here
}

// disk is the file system under a folder.
type disk struct {
	Free   int64 // bytes for us
	Inodes int64 // left; -1: the file system counts none
	Kind   string
}

func thisMachine() machine {
	return machine{
		now: time.Now, disk: statDisk, sync: timeSyncs, memory: freeMemory,
		openFiles: func() (uint64, error) {
			var limit syscall.Rlimit
			err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit)
			return limit.Cur, err
		},
		zone: func(name string) error {
			_, err := time.LoadLocation(name)
			return err
		},
		lookup: net.DefaultResolver.LookupHost,
		tools:  store.HasPostgresTools,
	}
}

// File systems that do not keep what they acknowledge, or not for SQLite.
const (
	kindMemory  = "memory"
	kindNetwork = "network"
)

// kinds tells file systems by the magic number Linux gives them.
func kinds(magic int64) string {
	switch uint32(magic) {
	case 0x01021994, 0x858458f6:
		return kindMemory
	case 0x6969, 0xff534d42, 0xfe534d42, 0x517b, 0x01021997, 0x00c36400:
		return kindNetwork
	}
	return ""
}

func statDisk(dir string) (disk, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return disk{}, fmt.Errorf("look at the file system of %s: %w", dir, err)
	}
	d := disk{Free: int64(s.Bavail) * int64(s.Bsize), Inodes: -1}
	if s.Files > 0 {
		d.Inodes = int64(s.Ffree)
	}
	if runtime.GOOS == "linux" {
		d.Kind = kinds(int64(s.Type))
	}
	return d, nil
}

// syncs is how many small writes are forced to the disk.
const syncs = 21

// timeSyncs writes and syncs, and returns how long each took, shortest first.
func timeSyncs(dir string) ([]time.Duration, error) {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return nil, fmt.Errorf("make a file: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	block := make([]byte, 4096)
	took := make([]time.Duration, 0, syncs)
	for range syncs {
		block[0]++
		if _, err := f.Write(block); err != nil {
			return nil, fmt.Errorf("write: %w", err)
		}
		began := time.Now()
		if err := f.Sync(); err != nil {
			return nil, fmt.Errorf("sync: %w", err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took, nil
}

// freeMemory is the smaller of what the system has left and what the control
// group allows.
func freeMemory() (int64, error) {
	f, err := os.Open("/proc/meminfo")
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	free := int64(0)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) > 1 && fields[0] == "MemAvailable:" {
			kb, err := strconv.ParseInt(fields[1], 10, 64)
			if err != nil {
				return 0, err
			}
			free = kb << 10
		}
	}
	limit, errLimit := groupValue("memory.max")
	used, errUsed := groupValue("memory.current")
	if errLimit == nil && errUsed == nil {
		free = min(free, limit-used)
	}
	return free, nil
}

func groupValue(name string) (int64, error) {
	text, err := os.ReadFile(filepath.Join("/sys/fs/cgroup", name))
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64) // "max" is an error: no limit
}

func exists(elements ...string) bool {
	_, err := os.Stat(filepath.Join(elements...))
	return err == nil
}

// bytesText writes a size for people.
func bytesText(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}
