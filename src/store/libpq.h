/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libpq, loaded when a PostgreSQL store is opened: it brings twenty libraries, which took half of
 * the start-up time of every other command.
 */
#pragma once

#include <libpq-fe.h>

#include "base/library.h"

#define LIBPQ_FUNCTIONS(X)      \
	X(PQcancel)             \
	X(PQclear)              \
	X(PQcmdStatus)          \
	X(PQconnectdbParams)    \
	X(PQerrorMessage)       \
	X(PQexec)               \
	X(PQexecParams)         \
	X(PQfinish)             \
	X(PQfname)              \
	X(PQfreeCancel)         \
	X(PQftype)              \
	X(PQgetCancel)          \
	X(PQgetResult)          \
	X(PQgetisnull)          \
	X(PQgetlength)          \
	X(PQgetvalue)           \
	X(PQnfields)            \
	X(PQntuples)            \
	X(PQputCopyData)        \
	X(PQputCopyEnd)         \
	X(PQreset)              \
	X(PQresultErrorField)   \
	X(PQresultErrorMessage) \
	X(PQresultStatus)       \
	X(PQsendQueryParams)    \
	X(PQsetNoticeReceiver)  \
	X(PQsetSingleRowMode)   \
	X(PQstatus)             \
	X(PQtransactionStatus)

struct libpq {
	LIBPQ_FUNCTIONS(LIBRARY_MEMBER)
};
