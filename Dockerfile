# One image for the api and the worker: the command chooses. Node runs the TypeScript as it is, so nothing is built.
FROM node:26.10.0-slim AS installed
WORKDIR /app
# The libraries change less often than the code: they have a layer of their own.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
RUN npx --yes "$(node -p 'require("./package.json").packageManager')" fetch --prod
COPY packages packages
COPY apps apps
RUN npx --yes "$(node -p 'require("./package.json").packageManager')" install --offline --frozen-lockfile --prod \
    --filter '@pilotlight/api...' --filter '@pilotlight/worker...'

FROM node:26.10.0-slim
ENV NODE_ENV=production
WORKDIR /app
# Owned by root: the process that runs can read its code and change none of it.
COPY --from=installed /app /app
USER node
STOPSIGNAL SIGTERM
CMD ["node", "apps/api/src/server.ts"]
