# One image for every role: dist/apps/$ROLE/main.js.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /tidegate
ENV NODE_ENV=production

FROM base AS build
ENV NODE_ENV=development
COPY package.json package-lock.json .npmrc ./
COPY patches ./patches
RUN npm ci
COPY scripts ./scripts
COPY avro ./avro
COPY libs ./libs
COPY apps ./apps
RUN npm run build

FROM base AS packages
COPY package.json package-lock.json .npmrc ./
COPY patches ./patches
# The optional packages are another Node and the engine of the embedded ClickHouse; neither runs in a container.
RUN npm ci --omit=dev --omit=optional && npm cache clean --force

FROM base AS runtime
ARG ROLE=content
ENV ROLE=$ROLE \
    TIDEGATE_HOME=/var/lib/tidegate \
    LISTEN_HOST=0.0.0.0 \
    CONTENT_PORT=8080 \
    LABEL_PORT=8082 \
    CONSOLE_PORT=3000 \
    HEALTH_PORT=9464
RUN mkdir -p /var/lib/tidegate && chown 1000:1000 /var/lib/tidegate
COPY --from=packages /tidegate/node_modules ./node_modules
COPY --from=build /tidegate/dist ./dist
COPY package.json LICENSE ./
COPY avro ./avro
COPY libs/platform/clickhouse/migrations ./libs/platform/clickhouse/migrations
COPY libs/platform/clickhouse/queries ./libs/platform/clickhouse/queries
COPY models ./models
COPY policies ./policies
COPY samples/release ./samples/release
COPY samples/suites ./samples/suites
COPY docker/health.mjs ./docker/health.mjs
USER 1000:1000
EXPOSE 3000 8080 8082 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "docker/health.mjs"]
STOPSIGNAL SIGTERM
# exec: Node gets the signals itself and stops in order.
CMD ["sh", "-c", "exec node --enable-source-maps dist/apps/\"$ROLE\"/main.js"]
