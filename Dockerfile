# One image for the api and the worker; the command selects the process. Node runs TypeScript directly, so there is no build step.
FROM node:26.10.0-slim AS installed
WORKDIR /app
# The libraries change less often than the code, so they have a separate layer.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
RUN npx --yes "$(node -p 'require("./package.json").packageManager')" fetch --prod
COPY packages packages
COPY apps apps
RUN npx --yes "$(node -p 'require("./package.json").packageManager')" install --offline --frozen-lockfile --prod \
    --filter '@pilotlight/api...' --filter '@pilotlight/worker...'

FROM node:26.10.0-slim
ENV NODE_ENV=production
WORKDIR /app
# The code is owned by root: the process can read but not change it.
COPY --from=installed /app /app
USER node
STOPSIGNAL SIGTERM
CMD ["node", "apps/api/src/server.ts"]
