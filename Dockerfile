# syntax=docker/dockerfile:1
# The hub as one static binary on an image without a shell, run by an ordinary
# user. The root file system may be read-only: only /data is written, and /tmp.
#
#   docker build -t parley .
#   docker build -t parley --build-arg TAGS=nogpl .     without the GPL-3.0 part

FROM node:22-bookworm-slim AS web
WORKDIR /src
COPY admin/ui/package.json admin/ui/package-lock.json admin/ui/
COPY connectors/web/widget/package.json connectors/web/widget/package-lock.json connectors/web/widget/
RUN npm ci --no-audit --no-fund --prefix admin/ui \
 && npm ci --no-audit --no-fund --prefix connectors/web/widget
COPY admin/ui admin/ui
COPY connectors/web/widget connectors/web/widget
RUN npm run build --prefix admin/ui \
 && npm run build --prefix connectors/web/widget

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
COPY --from=web /src/admin/ui/dist admin/ui/dist
COPY --from=web /src/connectors/web/widget/dist connectors/web/widget/dist
ARG TAGS=""
ARG VERSION=unknown
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags "$TAGS" \
      -ldflags "-s -w -X main.version=$VERSION" -o /out/parley . \
 && mkdir -p /out/root && mkdir -m 700 /out/root/data

# Certificates, time zones and the user nonroot (65532) are in the image.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/parley /parley
# By way of its parent: a folder keeps its mode, its top does not.
COPY --from=build --chown=65532:65532 /out/root/ /
COPY LICENSE NOTICE /licenses/
ENV PARLEY_LISTEN=:8080 \
    PARLEY_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/parley"]
CMD ["serve"]
