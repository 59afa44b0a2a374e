# One image for the app, and for the workers and the scheduler of a Dask cluster: see compose.yaml and docs/serving.md.
#   docker build -t itnt-studio .
# A build of torch for processors alone is a tenth of the size: name its index with --build-arg TORCH_INDEX=...
FROM python:3.12-slim-bookworm AS build
ARG TORCH_INDEX=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements.lock requirements-torch.txt ./
RUN python -m venv /opt/studio \
 && /opt/studio/bin/python -m pip install --require-hashes -r requirements.lock \
 && /opt/studio/bin/python -m pip install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} -r requirements-torch.txt
COPY . .
RUN /opt/studio/bin/python -m pip install --no-deps --no-build-isolation .

FROM python:3.12-slim-bookworm
RUN groupadd --gid 10001 studio \
 && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin studio \
 && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=build /opt/studio /opt/studio
# Everything that is written goes into the volume /data, and into /tmp; the rest of the file system may be read-only.
ENV PATH=/opt/studio/bin:$PATH \
    HOME=/tmp \
    MPLCONFIGDIR=/tmp/matplotlib \
    NUMBA_CACHE_DIR=/data/cache/numba \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ITNT_DATA_DIR=/data \
    ITNT_PROFILE=server \
    ITNT_NICE=10 \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501
USER 10001:10001
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"STREAMLIT_SERVER_PORT\"]}/_stcore/health', timeout=8)"]
CMD ["itnt-studio"]
