# The Tidegate image: `docker build -t tidegate .` (or buildah, podman). BASE is any image with Node 24 and npm.
ARG BASE=node:24-slim

FROM ${BASE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
# the base brings Node along, so the optional one stays out
RUN npm run build && npm prune --omit=dev --omit=optional --ignore-scripts

FROM ${BASE}
LABEL org.opencontainers.image.title="tidegate" \
      org.opencontainers.image.description="Releases a workload to many tenants on Kubernetes, wave by wave, and takes back what it broke" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY package.json LICENSE ./
COPY bin ./bin
COPY deploy ./deploy
COPY waves ./waves
COPY analysis-templates ./analysis-templates
COPY --from=build /src/node_modules ./node_modules
COPY --from=build /src/dist ./dist
# nothing here is written at run time: the root file system may be read-only
USER 65532:65532
ENTRYPOINT ["node", "--max-old-space-size=256", "/app/bin/tidegate.js"]
CMD ["daemon"]
