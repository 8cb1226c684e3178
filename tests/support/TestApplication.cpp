// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/TestApplication.h"

#ifdef __SANITIZE_THREAD__

#include <QMetaObject>
#include <QMutex>
#include <QWaitCondition>

#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

namespace {

char s_events; // what all events are ordered by

/// Qt's own function, which the one of the same name in this file stands before.
template<class Function> Function original(const char *symbol)
{
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, symbol));
}

} // namespace

namespace proverdeck::testing {

bool TestApplication::notify(QObject *receiver, QEvent *event)
{
    __tsan_acquire(&s_events);
    return QApplication::notify(receiver, event);
}

} // namespace proverdeck::testing

void QMetaObject::activate(QObject *sender, const QMetaObject *meta, int index, void **arguments)
{
    using Function = void (*)(QObject *, const QMetaObject *, int, void **);
    static const auto real = original<Function>("_ZN11QMetaObject8activateEP7QObjectPKS_iPPv");
    __tsan_release(&s_events);
    real(sender, meta, index, arguments);
}

bool QMetaObject::invokeMethodImpl(QObject *object, QtPrivate::QSlotObjectBase *slot,
                                   Qt::ConnectionType type, void *result)
{
    using Function = bool (*)(QObject *, QtPrivate::QSlotObjectBase *, Qt::ConnectionType, void *);
    static const auto real = original<Function>("_ZN11QMetaObject16invokeMethodImplEP7QObjectPN9QtP"
                                                "rivate15QSlotObjectBaseEN2Qt14ConnectionTypeEPv");
    __tsan_release(&s_events);
    return real(object, slot, type, result);
}

void QCoreApplication::postEvent(QObject *receiver, QEvent *event, int priority)
{
    using Function = void (*)(QObject *, QEvent *, int);
    static const auto real
        = original<Function>("_ZN16QCoreApplication9postEventEP7QObjectP6QEventi");
    __tsan_release(&s_events);
    real(receiver, event, priority);
}

void QBasicMutex::lockInternal() QT_MUTEX_LOCK_NOEXCEPT
{
    using Function = void (*)(QBasicMutex *);
    static const auto real = original<Function>("_ZN11QBasicMutex12lockInternalEv");
    real(this);
    __tsan_acquire(this);
}

bool QBasicMutex::lockInternal(int timeout) QT_MUTEX_LOCK_NOEXCEPT
{
    using Function = bool (*)(QBasicMutex *, int);
    static const auto real = original<Function>("_ZN11QBasicMutex12lockInternalEi");
    const bool isLocked = real(this, timeout);
    __tsan_acquire(this);
    return isLocked;
}

void QBasicMutex::unlockInternal() noexcept
{
    using Function = void (*)(QBasicMutex *);
    static const auto real = original<Function>("_ZN11QBasicMutex14unlockInternalEv");
    __tsan_release(this);
    real(this);
}

bool QWaitCondition::wait(QMutex *mutex, QDeadlineTimer deadline)
{
    using Function = bool (*)(QWaitCondition *, QMutex *, QDeadlineTimer);
    static const auto real
        = original<Function>("_ZN14QWaitCondition4waitEP6QMutex14QDeadlineTimer");
    __tsan_release(mutex);
    const bool isWoken = real(this, mutex, deadline);
    __tsan_acquire(mutex);
    return isWoken;
}

#endif
