# Local lines by their definition with lm at a grid of predictions; loess beside them.
# Reads data.csv of make.R.
suppressMessages({library(survival); library(jsonlite)})
d <- read.csv("data.csv"); n <- nrow(d); d$id <- 1:n
d$state <- factor(d$cause, 0:2, c("censor", "one", "two")); d$x <- log(-log(1 - d$p))
pseudo_of <- function(w) { # IJ pseudo-values of rows repeated w times, one for each row with w > 0
  e <- d[rep(1:n, w), ]; e$id <- seq_len(nrow(e))
  e <<- e # pseudo() looks for the data outside
  f <- survfit(Surv(exit, state) ~ 1, data = e, id = id)
  pv <- pseudo(f, times = 1); e$pv <- as.numeric(pv[, which(f$states == "one")]); e }
s <- sort(d$p); grid <- unique(s[pmax(1, ceiling(n * (0:10) / 10 - 1e-9))])
line <- function(e, span) sapply(log(-log(1 - grid)), function(x0) {
  r <- abs(e$x - x0); h <- sort(r)[ceiling(span * nrow(e) - 1e-9)]
  k <- ifelse(r < h, (1 - (r / h)^3)^3, 0)
  min(1, max(0, unname(coef(lm(pv ~ I(x - x0), data = e, weights = k))[1]))) })
a <- pseudo_of(rep(1, n)); b <- pseudo_of((0:(n - 1)) %% 3)
l <- line(a, 0.75)
lo <- predict(loess(pv ~ x, data = a, degree = 1, span = 0.75, control = loess.control(surface = "direct")),
              data.frame(x = log(-log(1 - grid))))
far <- abs(approx(log(-log(1 - grid)), l, a$x, rule = 2)$y - a$p)
out <- list(program = paste(R.version.string, "survival", packageVersion("survival")), grid = grid, line = l,
  loess = unname(lo), line_weighted = line(b, 0.5),
  distances = c(mean(far), quantile(far, c(0.5, 0.9), type = 1), max(far)))
write(toJSON(out, digits = 14, auto_unbox = TRUE), "expected_smooth.json")
