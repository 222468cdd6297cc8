# The assistant with its corpus and its index, as one image that needs nothing but a port. How to build and run it: docs/deploying.md
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CONSTRAINT=/src/constraints.txt
RUN python3 -m venv /opt/summit
COPY constraints.txt ./
# Where the CPU builds of torch are; empty: what the package index serves. A CUDA build would add gigabytes that nothing here uses.
ARG TORCH_INDEX=""
RUN /opt/summit/bin/pip install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch \
    && /opt/summit/bin/python -c "import torch, sys; torch.version.cuda and sys.exit(f'torch {torch.__version__} is a CUDA build; give --build-arg TORCH_INDEX=<address of the CPU builds, see pytorch.org, Get started>')"
COPY pyproject.toml setup.py README.md LICENSE ./
COPY assistant ./assistant
COPY evals ./evals
COPY corpus ./corpus
RUN /opt/summit/bin/pip install '.[llm,mcp,postgres,redis,tracing]'
# The vectors are shipped with the corpus, so this takes seconds.
RUN HF_HUB_OFFLINE=1 SUMMIT_DATA_DIR=/data /opt/summit/bin/summit-assistant index && SUMMIT_DATA_DIR=/data /opt/summit/bin/summit-assistant index --verify

FROM ${PYTHON_IMAGE}
# A number that no account of the host has.
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin summit
COPY --from=build /opt/summit /opt/summit
COPY --from=build --chown=10001:10001 /data /data
# The root may be read-only: what is written goes to /tmp (the working copy of the index) and to /data (a SQLite database, a later index).
ENV PATH=/opt/summit/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OMP_WAIT_POLICY=passive \
    HF_HUB_OFFLINE=1 \
    SUMMIT_HOST=0.0.0.0 \
    SUMMIT_PORT=7860 \
    SUMMIT_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME ["/data", "/tmp"]
EXPOSE 7860
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/api/health/ready', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["summit-assistant"]
CMD ["serve"]
