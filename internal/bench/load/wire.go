package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

var (
	lengthName  = []byte("content-length:")
	chunkedName = []byte("transfer-encoding: chunked")
)

// readHead reads a start line and headers. It returns the start line, valid
// until the next read, and how long the body is; -1: chunked.
func readHead(r *bufio.Reader, start []byte) (line []byte, length int, err error) {
	raw, err := r.ReadSlice('\n')
	if err != nil {
		return nil, 0, err
	}
	line = append(start[:0], bytes.TrimRight(raw, "\r\n")...)
	for {
		raw, err := r.ReadSlice('\n')
		if err != nil {
			return nil, 0, fmt.Errorf("read headers: %w", err)
		}
		switch {
		case len(raw) <= 2:
			return line, length, nil
		case len(raw) > len(lengthName) && bytes.EqualFold(raw[:len(lengthName)], lengthName):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(raw[len(lengthName):]))); err != nil || length < 0 {
				return nil, 0, fmt.Errorf("read headers: a length of %q", raw)
			}
		case len(raw) > len(chunkedName) && bytes.EqualFold(raw[:len(chunkedName)], chunkedName):
			length = -1
		}
	}
}

// readBody reads a body into buf, which grows when it must.
func readBody(r *bufio.Reader, length int, buf []byte) ([]byte, error) {
	if length >= 0 {
		if cap(buf) < length {
			buf = make([]byte, length)
		}
		_, err := io.ReadFull(r, buf[:length])
		return buf[:length], err
	}
	buf = buf[:0]
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		size, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 31)
		if err != nil {
			return nil, fmt.Errorf("read a chunk: %w", err)
		}
		from := len(buf)
		buf = append(buf, make([]byte, size)...)
		if _, err := io.ReadFull(r, buf[from:]); err != nil {
			return nil, err
		}
		if _, err := r.ReadSlice('\n'); err != nil {
			return nil, err
		}
		if size == 0 {
			return buf, nil
		}
	}
}

// statusOf reads the number out of "HTTP/1.1 200 OK".
func statusOf(line []byte) (int, error) {
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.")) {
		return 0, errors.New("the answer is not HTTP")
	}
	return strconv.Atoi(string(line[9:12]))
}
