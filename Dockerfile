# The daemon and its command line. Runs as an unprivileged user, stops on SIGTERM.
#
#   docker run -d --name order-sync --stop-timeout 45 --env-file .env -v order-sync-data:/app/data order-sync
#   docker exec order-sync node dist/main.js status 10086

# On the builder's own platform, whatever the image is for: the build's output is JavaScript, and so are the dependencies.
FROM --platform=$BUILDPLATFORM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image has its own Node, so the install script of the `node` package is left out.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs scripts/
COPY src src
RUN node scripts/build.mjs && npm prune --omit=dev --ignore-scripts

FROM node:26-slim
LABEL org.opencontainers.image.title="order-sync" \
      org.opencontainers.image.description="Syncs a shop's paid and cancelled orders to the internal system" \
      org.opencontainers.image.licenses="MIT"
# One arena of memory for all threads: those of V8's helpers would keep 20 MB that they rarely use.
ENV NODE_ENV=production MALLOC_ARENA_MAX=1
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# Fills V8's compile cache, as the daemon's user may not write there: 78 is a missing configuration.
RUN node dist/main.js start 2> /dev/null || [ $? -eq 78 ]
COPY LICENSE ./
COPY deploy/docker-healthcheck.mjs deploy/
# For what was acked (ACK_MEMORY_FILE), and the embedded SQLite (INTERNAL_SYSTEM_URL=sqlite:data/internal.db).
RUN mkdir data && chown node:node data
USER node
VOLUME /app/data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["node", "deploy/docker-healthcheck.mjs"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["start"]
