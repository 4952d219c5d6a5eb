FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/releasegraph . && mkdir /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/releasegraph /usr/local/bin/releasegraph
COPY --from=build --chown=nonroot:nonroot /out/data /data
WORKDIR /data
VOLUME /data
# Until identities can be configured the server answers on loopback only; see docker-compose.yml.
ENTRYPOINT ["/usr/local/bin/releasegraph"]
CMD ["serve"]
