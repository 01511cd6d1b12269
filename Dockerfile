# One image for the api, the worker and the command line; the command selects the process. Node runs TypeScript directly, so only the console is built.
# The image has no shell and no package manager: only Node, the libraries that Node loads, the code and its production dependencies.
FROM node:26.10.0-slim AS node

FROM node AS installed
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
# Only the manifests: the dependencies change less often than the code, so they have a separate layer.
COPY apps/api/package.json apps/api/
COPY apps/cli/package.json apps/cli/
COPY apps/worker/package.json apps/worker/
COPY packages/cache-core/package.json packages/cache-core/
COPY packages/client/package.json packages/client/
COPY packages/contracts/package.json packages/contracts/
COPY packages/origin/package.json packages/origin/
COPY packages/recipes/package.json packages/recipes/
COPY packages/runtime/package.json packages/runtime/
# --filter-prod follows no devDependencies; --filter would install the test services of packages/stack, too.
RUN npx --yes "$(node -p 'require("./package.json").packageManager')" install --frozen-lockfile --prod \
      --filter-prod '@pilotlight/api...' --filter-prod '@pilotlight/worker...' --filter-prod '@pilotlight/cli...' \
 # The caches of npm and pnpm are ten times as large as the dependencies, and each later step would copy them.
 && rm -rf "$HOME/.npm" "$HOME/.cache" "$HOME/.local" \
 # Files that no process reads.
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' -o -name 'swagger-ui-es-*.js' \) -delete

FROM installed AS app
COPY packages packages
COPY apps apps
# Compiles every module once, so that each start reads the result. The cache belongs to this version of Node and to this user id.
RUN install --directory --owner=node /compiled
USER node
RUN NODE_COMPILE_CACHE=/compiled node --input-type=module --eval \
      "await Promise.all(['api/src/start-api.ts', 'worker/src/run-worker.ts'].map((file) => import('/app/apps/' + file)))"

# The files of the console. What builds them is in no later stage. No script is run: that of the package `node` would fetch a second Node.
FROM node AS console
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml tsconfig.base.json ./
COPY apps/console/package.json apps/console/
COPY packages/client/package.json packages/client/
RUN npx --yes "$(node -p 'require("./package.json").packageManager')" install --frozen-lockfile --ignore-scripts \
      --filter '@pilotlight/console...'
COPY apps/console apps/console
COPY packages/client packages/client
RUN node apps/console/build.ts

# The files outside the application that the processes need.
FROM node AS system
RUN mkdir --parents /system/etc /system/tmp && chmod 1777 /system/tmp \
 && cp --parents /usr/local/bin/node /system/ \
 && ldd /usr/local/bin/node | grep --only-matching '/[^ ]*' | xargs -I{} cp --parents --dereference {} /system/ \
 && grep -E '^(root|node):' /etc/passwd > /system/etc/passwd \
 && grep -E '^(root|node):' /etc/group > /system/etc/group \
 && cp /etc/nsswitch.conf /system/etc/

FROM scratch
ENV NODE_ENV=production NODE_COMPILE_CACHE=/compiled PATH=/usr/local/bin
WORKDIR /app
COPY --from=system /system /
# The files are owned by root: the process can read but not change them.
COPY --from=installed /app /app
COPY --from=app /compiled /compiled
COPY packages packages
COPY apps apps
COPY docs/operations.md docs/
COPY --from=console /app/apps/console/dist apps/console/dist
USER node
STOPSIGNAL SIGTERM
CMD ["node", "apps/api/src/server.ts"]
